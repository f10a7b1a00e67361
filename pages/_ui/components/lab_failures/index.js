// The worst queries as rows: a caption, its picture, and what came first instead.

import { mounting } from "../shared/mounting.js";
import { LabFailures } from "./lab_failures.js";

export default mounting((parent) => new LabFailures(parent));
