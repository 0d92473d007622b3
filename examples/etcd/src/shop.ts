/**
 * etcd/shop: a program that sells tickets, on the terms that the configuration has at the moment.
 */
import { actor, application } from 'troupe'
import { runProgram } from './program.js'
import { type Terms, type Ticket, Tickets } from './protocol.js'
import { followTerms, followWeight } from './settings.js'

interface Desk {
  readonly shop: string
  terms: Terms
}

const desk = actor(Tickets, {
  init: (shop: string): Desk => ({
    shop,
    terms: { price: 0, currency: '', open: false, next: 1n },
  }),
  on: {
    change(state, change) {
      state.terms = { ...state.terms, ...change }
    },
    buy(state, _nothing, context): Ticket | 'closed' {
      const { next, price, currency, open } = state.terms
      if (!open) return 'closed'
      context.log.debug('a ticket is sold', { number: String(next) })
      state.terms = { ...state.terms, next: next + 1n }
      return { shop: state.shop, number: next, price, currency }
    },
  },
})

await runProgram({
  node: 'shop1@localhost',
  about: 'shop: sells tickets for whoever asks the application "tickets"',
  applications: (node) => [
    application({ name: 'tickets', members: [{ name: 'tickets', start: desk, args: [node] }] }),
  ],
  run: async (node) => {
    followTerms(node, (change) => node.send('tickets', 'change', change))
    followWeight(node, 'tickets')
    console.log('sells tickets')
  },
})
