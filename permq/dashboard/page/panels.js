// One function for each thing that is asked for.

import { links, overview } from "./fleet.js";
import { embedding, history } from "./learning.js";
import { consensus, convergence } from "./pool.js";
import { board, figures } from "./results.js";

export const panels = { overview, convergence, consensus, history, embedding, board, figures, links };
