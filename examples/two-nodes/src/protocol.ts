/**
 * two-nodes/protocol: what both programs import: the contract, never the implementation.
 */
import { protocol, request } from 'troupe'

export const Shop = protocol('shop', { price: request<string, number>() })
