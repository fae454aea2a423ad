/** What became of one operation that a fault hit at one of its points, as it stands in the history. */
export interface StakeRecord {
  /** `buy at committed under link.reset n1->db`. */
  cell: string
  /** Why the operation was not at its point when the fault hit; undefined when it was. */
  missed?: string
  /** The answers to each who wanted it: one list for all attempts of one, which may all be told that they got it. */
  answers: readonly (readonly string[])[]
  /** Of something of which there is one. */
  sold?: { itemId: number; units: number; orders: number; left: Record<string, number | undefined> }
  released?: Record<string, boolean>
  /** Who of the listeners has heard of it. */
  told?: Record<string, boolean>
  /** Whether each open tab has the item, and whether it must. */
  cart?: { itemId: number; expected: boolean; tabs: Record<string, boolean> }
  /** Open tabs as each node counts them, and how many there are. */
  counted?: { expected: number; nodes: Record<string, number> }
}

/** How often each of two nodes is asked again when all is healed, while the answer is uncertain. */
export const patience = 3
const askedInVain = 2 * patience

/** The first thing that is not as it must be, in one sentence; undefined when all is well. Pure. */
export const findingOf = (one: StakeRecord): string | undefined =>
  soldTwiceOrLost(one) ?? notReleased(one) ?? notKnown(one) ?? wrongCart(one) ?? wrongCount(one)

function soldTwiceOrLost({ answers, sold }: StakeRecord): string | undefined {
  if (!sold) return undefined
  const { itemId, units, orders } = sold
  const winners = answers.filter((own) => own.includes('ok')).length
  if (units > 1) return `twice: ${units} units of item ${itemId} were sold, and there was one`
  if (orders > 1) return `twice: item ${itemId} is in ${orders} orders`
  if (winners > 1) return `twice: ${winners} were told that they got the last of item ${itemId}`
  if (answers.some((own) => own.includes('ok') && own.includes('failed')))
    return `contradicted: one wish for the last of item ${itemId} was both confirmed and refused`
  if (winners === 1 && units === 0) return `lost: the last of item ${itemId} was confirmed, and is not sold`
  if (units === 0 && !answers.flat().includes('unsure'))
    return `lost: everybody was refused the last of item ${itemId}, which is not sold`
  if (answers.some((own) => own.length > askedInVain && own.slice(-askedInVain).every((one) => one === 'unsure')))
    return `stuck: somebody asked both nodes ${patience} times about item ${itemId} when all was healed, and got no answer`
  if (units === 1 && winners === 0 && answers.every((own) => own.at(-1) === 'failed'))
    return `lost: the last of item ${itemId} is sold, and everybody was refused, also who asked again`
  return undefined
}

const notReleased = ({ released = {} }: StakeRecord): string | undefined => {
  const [where] = Object.entries(released).find(([, isReleased]) => !isReleased) ?? []
  return where && `not seen: ${where} does not know of the release`
}

function notKnown({ sold, told = {} }: StakeRecord): string | undefined {
  const [node, left] = Object.entries(sold?.left ?? {}).find(([, one]) => one !== 1 - sold!.units) ?? []
  if (node) return `not seen: ${node} has ${left} of item ${sold!.itemId}, the database ${1 - sold!.units}`
  const [who] = sold?.units === 0 ? [] : (Object.entries(told).find(([, hasHeard]) => !hasHeard) ?? [])
  return who && `not told: ${who} has not heard of it`
}

function wrongCart({ cart }: StakeRecord): string | undefined {
  const [tab] = Object.entries(cart?.tabs ?? {}).find(([, has]) => has !== cart!.expected) ?? []
  return tab && `cart: item ${cart!.itemId} is ${cart!.expected ? 'not ' : ''}in the tab ${tab}`
}

function wrongCount({ counted }: StakeRecord): string | undefined {
  const [node, count] = Object.entries(counted?.nodes ?? {}).find(([, one]) => one !== counted!.expected) ?? []
  return node && `miscounted: ${node} counts ${count} open tabs, and there are ${counted!.expected}`
}
