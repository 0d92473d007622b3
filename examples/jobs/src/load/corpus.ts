/**
 * load/corpus: real text of any length, the same for the same seed.
 *
 * It is the documentation of Troupe itself, begun at some place and repeated with other words'
 * neighbours when it ends. Memory: the corpus once, a piece at a time besides.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const DOCS = fileURLToPath(new URL('../../../../docs', import.meta.url))
const PIECE_BYTES = 65_536
/** Begins again here and there, so that texts longer than the corpus do not only repeat. */
const STRIDE = 7_919

export interface Corpus {
  /** Pieces that are `bytes` long together, whole characters of UTF-8. */
  text(wanted: { readonly bytes: number; readonly seed: number }): Iterable<Uint8Array>
}

/** Reads all pages below a folder; the documentation by default. */
export async function openCorpus(folder: string = DOCS): Promise<Corpus> {
  const names = await readdir(folder, { recursive: true })
  const pages = names.filter((name) => name.endsWith('.md')).sort()
  const texts = await Promise.all(pages.map((name) => readFile(join(folder, name), 'utf8')))
  // One byte for each character: any cut is between two of them, and the words stay.
  const plain = texts.join('\n').replace(/[^\n\x20-\x7e]+/g, ' ')
  const whole = Buffer.from(plain === '' ? 'There is nothing to read here.\n' : plain)
  return { text: ({ bytes, seed }) => piecesOf(whole, bytes, seed) }
}

function* piecesOf(whole: Uint8Array, bytes: number, seed: number): Generator<Uint8Array, void> {
  let at = (seed * STRIDE) % whole.length
  for (let left = bytes; left > 0; ) {
    const piece = whole.subarray(at, at + Math.min(left, PIECE_BYTES))
    yield piece
    left -= piece.length
    at += piece.length
    if (at >= whole.length) at = (bytes - left + seed) % Math.min(STRIDE, whole.length)
  }
}
