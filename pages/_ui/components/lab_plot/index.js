// A plot of the lab, drawn by Plotly in the theme's colours.

import { mounting } from "../shared/mounting.js";
import { LabPlot } from "./lab_plot.js";

export default mounting((parent) => new LabPlot(parent));
