/**
 * hello/main: the ten lines of the README: a protocol, an actor, a node, a question.
 */
import { actor, protocol, request, startNode } from 'troupe'

const Greeter = protocol('greeter', { greet: request<{ name: string }, string>() })
const greeter = actor(Greeter, {
  init: () => ({ greeted: 0 }),
  on: { greet: (state, { name }) => `Hello ${name}, you are number ${++state.greeted}.` },
})
const node = await startNode('hello@localhost')
const pid = await node.spawn(greeter)
console.log(await node.call(pid, 'greet', { name: 'world' }))
console.log('ready')
