// Keys that open a page from any other; the page a key stands for goes to the server.

import { mounting } from "../shared/mounting.js";
import { PageKeys } from "./page_keys.js";

export default mounting(() => new PageKeys(), "page");
