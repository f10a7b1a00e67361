// The score strip: one sentence on how well anything fits, and how all scores lie, with a cutoff to drag.

import { mounting } from "../shared/mounting.js";
import { ScoreStrip } from "./score_strip.js";

export default mounting((parent) => new ScoreStrip(parent));
