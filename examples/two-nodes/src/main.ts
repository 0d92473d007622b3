/**
 * two-nodes/main: runs both programs, each in a process of its own, and ends them together.
 *
 * Only for `npm start -- two-nodes`: by hand each is started in a terminal of its own.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { TroupeError } from 'troupe'

const USAGE = `two-nodes: a shop and its customer, in two processes

  npm start -- two-nodes     the shop takes the first free TCP port from 11144 on
`

/** Starts one of the programs and settles when it has said a line that holds `word`. */
function start(program: string, word: string): Promise<ChildProcess> {
  const path = fileURLToPath(new URL(`./${program}.js`, import.meta.url))
  const child = fork(path, [], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  return new Promise((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      process.stdout.write(text.replace(/^(?=.)/gm, `${program}: `))
      if (text.includes(word)) resolve(child)
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      const problem = `it ended with code ${code}`
      reject(new TroupeError('PROGRAM_FAILED', { command: program, problem }))
    })
  })
}

if (process.argv.some((argument) => /^--?h(elp)?$/.test(argument))) process.stdout.write(USAGE)
else {
  const shop = await start('shop', 'open')
  process.on('SIGTERM', () => shop.kill('SIGTERM'))
  process.on('SIGINT', () => shop.kill('SIGTERM'))
  await start('customer', 'costs')
  console.log('ready')
}
