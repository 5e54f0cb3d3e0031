// @ts-check
// The cheapest way to have each of a row of strokes in exactly one group.

const WINDOW = 30; // strokes from the first of a group to its last, at most
const BEAM = 48; // ways that are kept at each stroke

/**
 * A way so far: what it costs, its last group, and the way before it.
 * @template G
 * @typedef {{ cost: number, group: G | null, before: Way<G> | null }} Way
 */

/**
 * Return the groups of the cheapest partition, by dynamic programming from the first stroke to the last: a state is which of
 * the next strokes are taken already. Linear in the number of strokes, since at each no more than BEAM states are kept.
 * @template {{ members: number[], cost: number }} G
 * @param {number[]} order     the strokes in their order
 * @param {G[][]} groups       those that begin with each stroke in that order; one of it alone at least
 * @returns {{ chosen: G[], cost: number }}
 */
export function cheapest(order, groups) {
  /** @type {Map<number, number>} */
  const rank = new Map(order.map((stroke, place) => [stroke, place]));
  /** @type {Map<number, Way<G>>} */
  let states = new Map([[0, { cost: 0, group: null, before: null }]]);
  groups.forEach((own, place) => {
    const taken = own.flatMap((group) => {
      const places = group.members.map((member) => /** @type {number} */ (rank.get(member)) - place);
      return Math.max(...places) < WINDOW ? [{ group, mask: places.reduce((mask, at) => mask | (1 << at), 0) }] : [];
    });
    /** @type {Map<number, Way<G>>} */
    const next = new Map();
    /** @param {number} mask @param {Way<G>} way */
    const reach = (mask, way) => {
      if (way.cost < (next.get(mask)?.cost ?? Infinity)) next.set(mask, way);
    };
    for (const [mask, way] of states) {
      if (mask & 1) reach(mask >>> 1, way);
      else {
        for (const { group, mask: wanted } of taken) {
          if (!(mask & wanted)) reach((mask | wanted) >>> 1, { cost: way.cost + group.cost, group, before: way });
        }
      }
    }
    states = next.size <= BEAM ? next : new Map([...next].sort((a, b) => a[1].cost - b[1].cost).slice(0, BEAM));
  });
  const best = [...states.values()].reduce((least, way) => (way.cost < least.cost ? way : least));
  const chosen = [];
  for (let way = /** @type {Way<G> | null} */ (best); way?.group; way = way.before) chosen.push(way.group);
  return { chosen: chosen.reverse(), cost: best.cost };
}
