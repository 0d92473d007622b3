/**
 * commands/etcd: `npm run etcd:start`, `etcd:stop` and `etcd:clean`: an etcd to develop against.
 */
import { runCommand } from '#setup/command'
import {
  cleanIn,
  DEVELOPMENT_FOLDER,
  DEVELOPMENT_PORT,
  startIn,
  stopIn,
} from '#setup/development-etcd'
import { CommandFault } from '#setup/fault'

const PORT_MAX = 65_534

/** @param {string | boolean | undefined} given */
function portOf(given = String(DEVELOPMENT_PORT)) {
  const port = Number(given)
  if (Number.isInteger(port) && port > 0 && port <= PORT_MAX) return port
  throw new CommandFault(
    `${given} is not a port.`,
    `npm run etcd:start -- --port ${DEVELOPMENT_PORT}`,
    2,
  )
}

/** @param {string} line */
const tell = (line) => process.stdout.write(`${line}\n`)

/** @param {number} port */
async function start(port) {
  const { pid, version, isNew } = await startIn({ folder: DEVELOPMENT_FOLDER, port })
  tell(`etcd ${version} ${isNew ? 'listens' : 'runs already and listens'} on 127.0.0.1:${port}`)
  tell(`pid ${pid}; data and log in ${DEVELOPMENT_FOLDER}\n`)
  tell(`  ETCDCTL_API=3 etcdctl --endpoints 127.0.0.1:${port} get --prefix services/`)
  tell(`  npm start -- etcd --endpoints 127.0.0.1:${port}`)
  tell('\nEnd it with: npm run etcd:stop. Remove its data, too: npm run etcd:clean')
}

async function stop() {
  const ran = await stopIn(DEVELOPMENT_FOLDER)
  tell(ran ? 'etcd has ended; its data are kept' : 'no etcd of this clone runs')
}

async function clean() {
  const existed = await cleanIn(DEVELOPMENT_FOLDER)
  tell(existed ? 'etcd has ended, and its data are gone' : 'there is nothing to remove')
}

const VERBS = /** @type {const} */ ({
  start: `Starts an etcd on 127.0.0.1:${DEVELOPMENT_PORT} that stays until it is stopped.`,
  stop: 'Ends the etcd that etcd:start has started; its data are kept.',
  clean: 'Ends the etcd that etcd:start has started, and removes its data.',
})

const [given = '', ...rest] = process.argv.slice(2)
const verb = given === 'stop' || given === 'clean' ? given : 'start'
if (given === verb) process.argv.splice(2, process.argv.length, ...rest)

await runCommand(
  {
    name: `etcd:${verb}`,
    about: VERBS[verb],
    usage: `npm run etcd:${verb}${verb === 'start' ? ' [-- --port N]' : ''}`,
    flags:
      verb === 'start'
        ? {
            port: { type: 'string', value: 'N', about: `default ${DEVELOPMENT_PORT}; N + 1, too` },
          }
        : {},
  },
  async ({ flags }) => {
    if (verb === 'start') await start(portOf(flags['port']))
    else if (verb === 'stop') await stop()
    else await clean()
    return 0
  },
)
