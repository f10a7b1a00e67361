// Keys that open a page from any other, and the list of all keys; the page a key stands for goes to the server.

import { mounting } from "../shared/mounting.js";
import { PageKeys } from "./page_keys.js";

export default mounting((parent) => new PageKeys(parent), "page");
