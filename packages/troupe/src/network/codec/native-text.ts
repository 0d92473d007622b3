/**
 * network/codec/native-text: text in and out of bytes by the methods Buffer itself is made of.
 *
 * They save the search for an encoding by its name, which costs more than a short text. Where a
 * later Node should not have them, the documented ones take their place.
 */

/** A buffer as the codec sees it. */
export interface TextBuffer extends Buffer {
  latin1Slice(from: number, to: number): string
  utf8Slice(from: number, to: number): string
  ucs2Slice(from: number, to: number): string
  utf8Write(text: string, at: number, bytesMax: number): number
}

/** What stands in for a method that is not there. */
const DOCUMENTED = Object.freeze({
  latin1Slice(this: Buffer, from: number, to: number): string {
    return this.toString('latin1', from, to)
  },
  utf8Slice(this: Buffer, from: number, to: number): string {
    return this.toString('utf8', from, to)
  },
  ucs2Slice(this: Buffer, from: number, to: number): string {
    return this.toString('utf16le', from, to)
  },
  utf8Write(this: Buffer, text: string, at: number, bytesMax: number): number {
    return this.write(text, at, bytesMax, 'utf8')
  },
})

const isNative = Object.keys(DOCUMENTED).every((name) => name in Buffer.prototype)

/** The same buffer, with the methods of `TextBuffer`. */
export function textBuffer(buffer: Buffer): TextBuffer {
  return isNative ? (buffer as TextBuffer) : Object.assign(buffer, DOCUMENTED)
}

/** True for a text without lone surrogates: one that UTF-8 can hold. */
export function isWellFormed(text: string): boolean {
  // The compiler's library is older than the oldest Node that Troupe runs on.
  return (text as string & { isWellFormed(): boolean }).isWellFormed()
}
