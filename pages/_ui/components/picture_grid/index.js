// The picture grid: rows of equal height, true aspect ratios, and the picture that is open.

import { mounting } from "../shared/mounting.js";
import { PictureGrid } from "./picture_grid.js";

export default mounting((parent) => new PictureGrid(parent));
