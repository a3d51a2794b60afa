/**
 * @param {ReadonlyMap<string, readonly string[]>} graph node → the nodes it points to; others are ignored
 * @returns {string[][]} one cycle out of each knot (strongly connected component of two nodes or more),
 *   in the order of its arrows
 */
export function cyclesIn(graph) {
  return components(graph)
    .filter((component) => component.length > 1)
    .map((component) => shortestCycle(graph, component));
}

/**
 * Tarjan, "Depth-first search and linear graph algorithms", 1972.
 * @param {ReadonlyMap<string, readonly string[]>} graph
 */
function components(graph) {
  /** @type {Map<string, { index: number, low: number, onStack: boolean }>} */
  const seen = new Map();
  /** @type {string[]} */
  const stack = [];
  /** @type {string[][]} */
  const found = [];

  /** @param {string} node */
  const visit = (node) => {
    const state = { index: seen.size, low: seen.size, onStack: true };
    seen.set(node, state);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!graph.has(next)) continue;
      const known = seen.get(next);
      if (known === undefined) state.low = Math.min(state.low, visit(next).low);
      else if (known.onStack) state.low = Math.min(state.low, known.index);
    }
    if (state.low === state.index) {
      const component = stack.splice(stack.indexOf(node));
      for (const member of component) {
        const left = seen.get(member);
        if (left !== undefined) left.onStack = false;
      }
      found.push(component);
    }
    return state;
  };

  for (const node of graph.keys()) {
    if (!seen.has(node)) visit(node);
  }
  return found;
}

/**
 * @param {ReadonlyMap<string, readonly string[]>} graph
 * @param {readonly string[]} component
 */
function shortestCycle(graph, component) {
  const [start = ''] = component.toSorted();
  const inside = new Set(component);
  /** @type {Map<string, string>} node → how it was reached */
  const from = new Map();
  const queue = [start];
  for (const node of queue) {
    for (const next of graph.get(node) ?? []) {
      if (next === start) return pathTo(node, start, from);
      if (!inside.has(next) || from.has(next)) continue;
      from.set(next, node);
      queue.push(next);
    }
  }
  return [...component];
}

/**
 * @param {string} end
 * @param {string} start
 * @param {ReadonlyMap<string, string>} from
 */
function pathTo(end, start, from) {
  const path = [end];
  for (let node = end; node !== start;) {
    node = from.get(node) ?? start;
    path.unshift(node);
  }
  return path;
}
