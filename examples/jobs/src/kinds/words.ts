/**
 * kinds/words: the words of a UTF-8 text that comes in pieces.
 *
 * A word is a run of letters, marks and digits, in small letters. Limit: a run of more than
 * `WORD_LENGTH_MAX` characters is several words, so that what is kept of a piece stays small.
 */

/** Characters of the longest word. */
export const WORD_LENGTH_MAX = 256

const WORD = new RegExp(`[\\p{L}\\p{M}\\p{N}]{1,${WORD_LENGTH_MAX}}`, 'gu')

/** What is told of a text that is no UTF-8. */
export const NOT_UTF8 = 'the text is not valid UTF-8'

/** Cuts one text into words. */
export class WordStream {
  // With ignoreBOM the mark stays, as any other sign that belongs to no word.
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  /** The beginning of a word that may go on in the next piece. */
  #open = ''

  /** The words that end in this piece; undefined: it is not UTF-8. */
  take(piece: Uint8Array): string[] | undefined {
    const text = this.#decode(piece)
    return text === undefined ? undefined : this.#cut(this.#open + text, false)
  }

  /** The last word, if the text ended within one; undefined: it ended within a character. */
  end(): string[] | undefined {
    const text = this.#decode(undefined)
    return text === undefined ? undefined : this.#cut(this.#open + text, true)
  }

  #decode(piece: Uint8Array | undefined): string | undefined {
    try {
      if (piece === undefined) return this.#decoder.decode()
      return this.#decoder.decode(piece, { stream: true })
    } catch {
      return undefined
    }
  }

  #cut(text: string, over: boolean): string[] {
    const found = text.match(WORD) ?? []
    this.#open = ''
    const last = found.at(-1)
    if (!over && last !== undefined && text.endsWith(last) && !isFull(last)) {
      this.#open = last
      found.pop()
    }
    return found.map((word) => word.toLowerCase())
  }
}

/** It has all the characters a word may have, so that whatever follows begins another one. */
function isFull(word: string): boolean {
  return word.length >= WORD_LENGTH_MAX && [...word].length === WORD_LENGTH_MAX
}
