/**
 * One planted fault: where it goes, and which tests must notice it.
 */

export interface Mutant {
  /** What is wrong, as a noun: "a lost wake-up". */
  readonly name: string
  /** The compiled file, below `dist` and without its ending. */
  readonly file: string
  /**
   * The text to be replaced; it must occur exactly once. Any white space in it stands for any
   * other, so that a change of layout breaks nothing.
   */
  readonly find: string
  readonly replace: string
  /** Compiled test files, below `dist-test` and without their ending, run in this order. */
  readonly caughtBy: readonly string[]
  /** Runs only the tests whose titles match: for files that are long. */
  readonly tests?: string
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** The pattern that finds a text whatever its white space. */
export const patternOf = (find: string): RegExp =>
  new RegExp(find.trim().split(/\s+/).map(escaped).join('\\s+'), 'g')

/** The source with the fault in it; throws when the place is gone or is no longer one place. */
export function planted({ name, file, find, replace }: Mutant, source: string): string {
  const found = [...source.matchAll(patternOf(find))].length
  if (found !== 1) {
    const problem = found === 0 ? 'is not there any more' : `occurs ${found} times`
    throw new Error(
      `the place of "${name}" ${problem} in dist/${file}.js; ` +
        `look for what took its place and mend the table of mutants:\n${find}`,
    )
  }
  return source.replace(patternOf(find), () => replace)
}
