/**
 * two-nodes/shop: a node that answers; the first half of the sample in the README.
 */
import { actor, startNode } from 'troupe'
import { Shop } from './protocol.js'

const shop = actor(Shop, { on: { price: (_state, item) => item.length * 100 } })

const node = await startNode('shop@localhost', { network: {} })
await node.spawn(shop, { name: 'shop' })
console.log('the shop is open')
