/**
 * hello/main: the lines of the README: a protocol, an actor, a node, a message, a question.
 */
import { actor, message, protocol, request, startNode } from 'troupe'

const Greeter = protocol('greeter', { use: message<string>(), greet: request<string, string>() })
const greeter = actor(Greeter, {
  init: () => ({ word: 'Goodbye', greeted: 0 }),
  on: {
    use(state, word) {
      state.word = word
    },
    greet: (state, name) => `${state.word} ${name}, you are number ${++state.greeted}.`,
  },
})
const node = await startNode('hello@localhost')
const pid = await node.spawn(greeter)
node.send(pid, 'use', 'Hello')
console.log(await node.call(pid, 'greet', 'world'))
console.log('ready')
