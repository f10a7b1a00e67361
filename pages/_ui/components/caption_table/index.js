// The table of captions: word search, filters, order, pages, and rows with their pictures.

import { mounting } from "../shared/mounting.js";
import { CaptionTable } from "./caption_table.js";

export default mounting((parent) => new CaptionTable(parent));
