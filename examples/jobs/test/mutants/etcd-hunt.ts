/**
 * test/mutants/etcd-hunt: tells stories of an etcd seed by seed until one ends badly.
 */
import { tellEtcd } from '#test/store/etcd/etcd-story'

const [from = 1, to = 100] = process.argv.slice(2).map(Number)
process.on('unhandledRejection', () => {})
for (let seed = from; seed <= to; seed += 1) {
  const problem = await tellEtcd(seed).then(
    ({ breaches }) => breaches[0],
    (fault: unknown) => String(fault),
  )
  if (problem === undefined) continue
  console.log(`breach in seed ${seed}: ${problem}`)
  break
}
process.exit(0)
