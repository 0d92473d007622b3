/**
 * network/routes/node-glob: whether the name of a node is of a form: `web*@*`, `*@host`, `a@b`.
 *
 * A star stands for any letters on its side of the `@`, none included. One walk over the name,
 * whatever the form: no pattern makes it slow.
 */

/** True when `node` is of the form `glob`; each has one `@`, which no star can stand for. */
export function isOfForm(glob: string, node: string): boolean {
  const [first = '', ...pieces] = glob.split('*')
  const last = pieces.pop()
  if (last === undefined) return glob === node
  if (!node.startsWith(first)) return false
  let from = first.length
  for (const piece of pieces) {
    const at = node.indexOf(piece, from)
    if (at < 0) return false
    from = at + piece.length
  }
  return node.length - last.length >= from && node.endsWith(last)
}

/** True for a form that means one node. */
export const isExact = (glob: string): boolean => !glob.includes('*')
