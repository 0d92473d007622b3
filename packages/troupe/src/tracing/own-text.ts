/**
 * tracing/own-text: texts that keep nothing alive but themselves, and what they weigh.
 *
 * A part of a text is often a view of the whole: 32 characters of a header of 8 KiB hold all of it.
 */

/** Shorter parts are copied by the engine anyway. */
const VIEW_CHARS = 13
/** A text beside its characters: its header, and that of a view of a copy. */
const TEXT_BYTES = 48

/** The same text; its characters are its own. */
export const ownText = (text: string): string =>
  // What was put together is copied as one before a part of it is taken.
  text.length < VIEW_CHARS ? text : ` ${text}`.slice(1)

/** What a text holds, about, whatever its characters; 0 for none. */
export const textBytes = (text: string | undefined): number =>
  text === undefined ? 0 : TEXT_BYTES + 2 * text.length
