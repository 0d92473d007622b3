/**
 * web/next-piece: the next piece of a body, or why there is none.
 *
 * Limit: whoever asks says when it is late; the reader is left as it is.
 */

/** `broken`: the client has gone away in the middle. */
export type NextPiece = Uint8Array | 'broken' | 'end' | 'late'

/** `arm` is given what to call when it is late, and answers what ends that. */
export async function nextPiece(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  arm: (late: () => void) => () => void,
): Promise<NextPiece> {
  let disarm = (): void => {}
  const late = new Promise<'late'>((resolve) => {
    disarm = arm(() => resolve('late'))
  })
  const read = reader.read().then(
    ({ value }): NextPiece => value ?? 'end',
    (): NextPiece => 'broken',
  )
  try {
    return await Promise.race([read, late])
  } finally {
    disarm()
  }
}
