// The map: Plotly draws the cloud, an overlay of our own draws the query, the hits and the selection above it.

import { mounting } from "../shared/mounting.js";
import { EmbeddingMap } from "./embedding_map.js";

export default mounting((parent) => new EmbeddingMap(parent));
