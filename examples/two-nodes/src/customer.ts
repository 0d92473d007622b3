/**
 * two-nodes/customer: a node that asks the other one; the second half of the sample in the README.
 */
import { processName, startNode } from 'troupe'
import { Shop } from './protocol.js'

const node = await startNode('customer@localhost', { network: { mode: 'hidden' } })
const price = await node.call(processName('shop', Shop, 'shop@localhost'), 'price', 'teapot')
console.log(`a teapot costs ${price} cents`)
await node.stop()
