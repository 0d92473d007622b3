/**
 * test/mutants/hunting: tells stories seed by seed until one ends badly, as a program of its own.
 */
interface Told {
  readonly breaches: readonly string[]
}

/** The first seed and the last one are the words of the command line. */
export async function hunt(tell: (seed: number) => Promise<Told>): Promise<never> {
  const [from = 1, to = 100] = process.argv.slice(2).map(Number)
  process.on('unhandledRejection', () => {})
  for (let seed = from; seed <= to; seed += 1) {
    const problem = await tell(seed).then(
      ({ breaches }) => breaches[0],
      (fault: unknown) => String(fault),
    )
    if (problem === undefined) continue
    console.log(`breach in seed ${seed}: ${problem}`)
    break
  }
  process.exit(0)
}
