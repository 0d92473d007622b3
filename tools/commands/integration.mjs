/**
 * commands/integration: `npm run test:integration`: the tests of etcd against one that runs.
 *
 * It is the etcd of `npm run etcd:start`; where that does not run, it is started before and ended
 * afterwards. TROUPE_ETCD_ENDPOINTS tells the tests where it is; those that kill and freeze
 * members start their own, as they do in `npm test`.
 */
import { runCommand } from '#setup/command'
import { say } from '#setup/console'
import { DEVELOPMENT_FOLDER, DEVELOPMENT_PORT, startIn, stopIn } from '#setup/development-etcd'
import { ensureParts } from '#setup/parts'
import { ensureReady } from '#setup/ready'
import { matchingFiles, runTests, testFiles } from '#setup/tests'

/** Where tests of etcd are. */
const FOLDERS = ['packages/etcd/dist-test', 'examples/etcd/dist-test']

await runCommand(
  {
    name: 'test:integration',
    about: 'Runs the tests of etcd, the long lists included, against the etcd of etcd:start.',
    usage: 'npm run test:integration [-- word ...]',
    flags: {
      'no-install': { type: 'boolean', about: 'do not install Debian packages that tests need' },
    },
    positionals: true,
  },
  async ({ flags, words }) => {
    await ensureReady()
    await ensureParts({ install: flags['no-install'] !== true })
    const kinds = /** @type {const} */ (['test', 'acceptance'])
    const files = FOLDERS.flatMap((folder) => kinds.flatMap((kind) => testFiles(kind, folder)))
    const chosen = matchingFiles(files, words)
    const etcd = await startIn({ folder: DEVELOPMENT_FOLDER, port: DEVELOPMENT_PORT })
    say(`etcd ${etcd.version} on 127.0.0.1:${etcd.port}`)
    try {
      return await runTests(chosen, { TROUPE_ETCD_ENDPOINTS: `127.0.0.1:${etcd.port}` })
    } finally {
      if (etcd.isNew) await stopIn(DEVELOPMENT_FOLDER)
    }
  },
)
