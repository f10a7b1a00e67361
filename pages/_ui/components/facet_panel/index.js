// Filters on Search: which pictures may come, as how many, and in which order, with how many pictures have what.

import { mounting } from "../shared/mounting.js";
import { FacetPanel } from "./facet_panel.js";

export default mounting((parent) => new FacetPanel(parent));
