/**
 * bench/peers/node/moleculer-network: both sides of `bench -- network` in Moleculer 0.14.
 *
 * Its own TCP transporter with JSON, addresses given, no discovery. One-way messages are events
 * to the far service; there is no back-pressure, so the sender asks after each turn.
 */
import { createServer } from 'node:net'
import moleculer from 'moleculer'
import { near } from './network-work.mjs'

const FAR = 'far'
const NEAR = 'near'
/** Above so many events that are not asked for the sender waits: it would fill its memory. */
const AHEAD_MAX = 20_000

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

async function brokerOf(nodeID, port, urls) {
  const options = { port, udpDiscovery: false, useHostname: false, urls }
  const broker = new moleculer.ServiceBroker({
    ...{ nodeID, logger: false, namespace: 'bench' },
    transporter: { type: 'TCP', options },
    requestTimeout: 60_000,
  })
  return broker
}

async function far() {
  const [farPort, nearPort] = [await freePort(), await freePort()]
  const urls = [`127.0.0.1:${farPort}/${FAR}`, `127.0.0.1:${nearPort}/${NEAR}`]
  const broker = await brokerOf(FAR, farPort, urls)
  const handled = new Array(10).fill(0)
  const take = (pair) => {
    const handler = (ctx) => {
      if (ctx.params !== null) handled[pair] += 1
    }
    return [`counter.add-${pair}`, { handler }]
  }
  broker.createService({
    name: 'counter',
    events: Object.fromEntries(handled.map((_, pair) => take(pair))),
    actions: {
      echo: { handler: (ctx) => ctx.params.by },
      handled: { handler: (ctx) => handled[ctx.params.pair] },
    },
  })
  await broker.start()
  console.log(JSON.stringify({ nearPort, urls }))
}

async function nearPeer(address) {
  const { nearPort, urls } = JSON.parse(address)
  const broker = await brokerOf(NEAR, nearPort, urls)
  await broker.start()
  await broker.waitForServices('counter', 30_000)
  const told = new Array(10).fill(0)
  const sent = new Array(10).fill(0)
  const asking = new Array(10).fill(false)
  const known = new Array(10).fill(0)
  const ask = (pair) => broker.call('counter.handled', { pair })
  const look = async (pair) => {
    asking[pair] = true
    known[pair] = await ask(pair)
    asking[pair] = false
  }
  return {
    send: (pair, value) => {
      if (sent[pair] - known[pair] > AHEAD_MAX) {
        if (!asking[pair]) void look(pair)
        return false
      }
      sent[pair] += 1
      void broker.emit(`counter.add-${pair}`, value)
      return true
    },
    // Events have no order with calls: it is asked until all have come.
    handled: async (pair) => {
      let count = await ask(pair)
      while (count < sent[pair]) count = await ask(pair)
      const since = count - told[pair]
      told[pair] = count
      return since
    },
    call: (value) => broker.call('counter.echo', value),
  }
}

const [side, , , address] = process.argv.slice(2)
if (side === 'far') await far()
else await near(await nearPeer(address))
