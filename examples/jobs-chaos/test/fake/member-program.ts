/**
 * test/fake/member-program: a bare node that prints whom it is connected with.
 *
 * It takes the flags that a program of the cluster gets.
 */
import { embeddedRegistrar, startNode } from 'troupe'

const words = process.argv.slice(2)
const flag = (name: string): string => words[words.indexOf(`--${name}`) + 1] ?? ''
const [role, index] = [flag('role'), flag('index')]

const node = await startNode(`${role === 'worker' ? 'worker' : 'jobs'}${index}@localhost`, {
  network: {
    cookie: flag('cookie'),
    acceptors: [{ port: Number(flag('port')), advertisedPort: Number(flag('advertised-port')) }],
    liveness: {
      port: Number(flag('liveness-port')),
      advertisedPort: Number(flag('liveness-advertised-port')),
    },
    unixSocket: false,
    membership: { connect: 'mesh' },
    registrar: embeddedRegistrar({ folder: flag('registrar-folder') }),
  },
})
let told = ''
const tell = (): void => {
  const now = `connected with ${node.network.nodes().toSorted().join(' ')}`
  if (now !== told) console.log(now)
  told = now
}
setInterval(tell, 20)
console.log('ready')
process.once('SIGTERM', () => process.exit(0))
