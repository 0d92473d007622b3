/**
 * replay/lines: a stream of bytes to its lines.
 *
 * Ends of line are LF or CRLF. Limit: a line of more than `LINE_BYTES_MAX` bytes is not kept;
 * it comes out as undefined, so that a file without line ends cannot fill the memory.
 */

/** The longest line that is kept, in bytes without its end. */
export const LINE_BYTES_MAX = 4_096

const LF = 0x0a
const CR = 0x0d

/** The lines in order; undefined stands for one that was too long. */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<string | undefined> {
  let rest = Buffer.alloc(0)
  let isTooLong = false
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk])
    let start = 0
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
      yield isTooLong ? undefined : textOf(bytes.subarray(start, end))
      isTooLong = false
      start = end + 1
    }
    rest = bytes.subarray(start)
    // One more may be the CR of an end that is yet to come.
    if (rest.length > LINE_BYTES_MAX + 1) {
      isTooLong = true
      rest = Buffer.alloc(0)
    }
  }
  if (isTooLong) yield undefined
  else if (rest.length > 0) yield textOf(rest)
}

function textOf(line: Buffer): string | undefined {
  const length = line.at(-1) === CR ? line.length - 1 : line.length
  return length > LINE_BYTES_MAX ? undefined : line.toString('utf8', 0, length)
}
