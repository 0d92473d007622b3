/**
 * page/model/text-parts: what stands in a sentence of a node: words, pids, names of messages in
 * backticks. Pure; a sentence is short, and so is what is read of it.
 */

export interface TextPart {
  readonly kind: 'words' | 'pid' | 'code'
  readonly text: string
}

const TEXT_MAX = 2_000
const PART = /<[^<>\s]{1,256}\.\d{1,16}\.\d{1,16}>|`[^`]{1,200}`/g

/** The sentence in parts; together they are all of it, up to `TEXT_MAX` characters. */
export function textParts(sentence: string): readonly TextPart[] {
  const text = sentence.slice(0, TEXT_MAX)
  const parts: TextPart[] = []
  let from = 0
  for (const found of text.matchAll(PART)) {
    if (found.index > from) parts.push({ kind: 'words', text: text.slice(from, found.index) })
    const [part] = found
    parts.push(
      part.startsWith('`')
        ? { kind: 'code', text: part.slice(1, -1) }
        : { kind: 'pid', text: part },
    )
    from = found.index + part.length
  }
  if (from < text.length) parts.push({ kind: 'words', text: text.slice(from) })
  return parts
}
