// The query bar: a text field with suggestions from the captions, and a place to drop, paste or choose a picture.

import { mounting } from "../shared/mounting.js";
import { QueryBar } from "./query_bar.js";

export default mounting((parent) => new QueryBar(parent));
