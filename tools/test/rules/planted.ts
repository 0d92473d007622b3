/**
 * rules/planted: a file made up for one test, read by one rule.
 */
import type { Fault } from '#house/fault'
import { type Source, sourceOf } from '#house/source'

/** Lines and problems of a rule over a text, such as "3: there is a default export". */
export const planted = (
  rule: (source: Source) => readonly Fault[],
  file: string,
  ...lines: readonly string[]
): readonly string[] =>
  rule(sourceOf(file, lines.join('\n'))).map(({ line, problem }) => `${line}: ${problem}`)

/** A file of that many lines, each in the form that the index makes it. */
export const repeated = (count: number, line: (index: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, index) => line(index))
