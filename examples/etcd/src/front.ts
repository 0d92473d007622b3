/**
 * etcd/front: a program that buys tickets wherever they are sold, and tells where that was.
 */
import { actor, describeThrown, message, protocol, service, TroupeError } from 'troupe'
import { runProgram } from './program.js'
import { Tickets } from './protocol.js'
import { followPause } from './settings.js'

/** Tickets that one line tells of. */
const TOLD = 20

const tickets = service('tickets', Tickets)

interface Purse {
  pauseMs: number
  sales: string[]
  /** Told once, until it is something else. */
  trouble: string
}

const Buyer = protocol('buyer', { buy: message<void>(), pause: message<number>() })

const buyer = actor(Buyer, {
  init: (): Purse => ({ pauseMs: 0, sales: [], trouble: '' }),
  started: (_state, context) => context.send(context.self, 'buy'),
  on: {
    pause(state, pauseMs) {
      state.pauseMs = pauseMs
    },
    async buy(state, _nothing, context) {
      let trouble = ''
      try {
        const ticket = await context.call(tickets, 'buy')
        if (ticket === 'closed') trouble = 'the shop that was asked is closed'
        else
          sold(state, ticket.shop, `${ticket.price.toFixed(2)} ${ticket.currency}`, ticket.number)
      } catch (thrown) {
        trouble = TroupeError.is(thrown) ? thrown.code : describeThrown(thrown)
      }
      if (trouble !== '' && trouble !== state.trouble) console.log(`no ticket: ${trouble}`)
      state.trouble = trouble
      context.sendAfter(state.pauseMs, context.self, 'buy')
    },
  },
})

function sold(state: Purse, shop: string, price: string, number: bigint): void {
  state.sales.push(shop)
  if (state.sales.length < TOLD) return
  const shops = [...new Set(state.sales)].sort()
  const shares = shops.map((one) => `${one} ${state.sales.filter((sale) => sale === one).length}`)
  console.log(`${TOLD} tickets: ${shares.join(', ')}; the last for ${price}, number ${number}`)
  state.sales = []
}

await runProgram({
  node: 'front@localhost',
  about: 'front: buys tickets from whoever runs the application "tickets"',
  applications: () => [],
  run: async (node) => {
    await node.spawn(buyer, { name: 'buyer' })
    followPause(node, (pauseMs) => node.send('buyer', 'pause', pauseMs))
    console.log('buys tickets')
  },
})
