/**
 * apps/system/orders: what other nodes may have done here, each order with its fields.
 *
 * A table: what an order may hold, what it is about, and what it does. Whether it is allowed has
 * been decided before.
 *
 * @source ergo-features 28 (actions)
 */
import type { SystemOrder } from '#cluster'
import {
  type ApplicationChangeOptions,
  formatTarget,
  type NodeInspection,
  Pid,
  type ProcessContext,
  printed,
  requireOption,
} from '#contract'
import { stepDown } from './elections.js'
import {
  callMsOf,
  configOf,
  drainMsOf,
  type Fields,
  levelOf,
  modeOf,
  processOf,
  reasonOf,
  requiredText,
  samplerOf,
  samplerScopeOf,
  stopMsOf,
  targetOf,
} from './order-reading.js'
import { readFlag } from './reading.js'

/** What an order works with. */
export interface OrderParts {
  readonly inspection: NodeInspection
  readonly context: ProcessContext
}

/** One kind of order. */
export interface Order {
  /** The fields it may have beside `do`. */
  readonly fields: readonly string[]
  /** The field that says what it is about. */
  readonly about: string
  run(fields: Fields, parts: OrderParts): unknown
}

export type OrderName = SystemOrder['do']

export const ORDERS: Readonly<Record<OrderName, Order>> = Object.freeze({
  send: {
    fields: ['to', 'message', 'payload'],
    about: 'to',
    run: (fields, { context, inspection }) =>
      context.send(
        targetOf(fields, inspection),
        requiredText(fields, 'message'),
        fields['payload'],
      ),
  },
  call: {
    fields: ['to', 'request', 'payload', 'timeoutMs'],
    about: 'to',
    run: (fields, { context, inspection }) => {
      const to = targetOf(fields, inspection)
      const request = requiredText(fields, 'request')
      return context.call(to, request, fields['payload'], { timeoutMs: callMsOf(fields) })
    },
  },
  exit: {
    fields: ['pid', 'reason'],
    about: 'pid',
    run: (fields, { context, inspection }) =>
      context.exit(processOf(fields, inspection), reasonOf(fields)),
  },
  kill: {
    fields: ['pid'],
    about: 'pid',
    run: (fields, { context, inspection }) => context.kill(processOf(fields, inspection)),
  },
  'log-level': {
    fields: ['pid', 'level'],
    about: 'level',
    run: (fields, { inspection }) => {
      const { log } = inspection.node
      const level = levelOf(fields)
      if (fields['pid'] === undefined) log.setLevel(level)
      else log.setProcessLevel(processOf(fields, inspection), level)
    },
  },
  'log-sink-level': {
    fields: ['sink', 'level'],
    about: 'sink',
    run: (fields, { inspection: { node } }) =>
      node.log.setSinkLevel(requiredText(fields, 'sink'), levelOf(fields)),
  },
  'application-start': {
    fields: ['name', 'mode'],
    about: 'name',
    run: (fields, { inspection: { node } }) =>
      node.startApplication(requiredText(fields, 'name'), modeOf(fields)),
  },
  'application-stop': {
    fields: ['name', 'timeoutMs', 'force'],
    about: 'name',
    run: (fields, { inspection: { node } }) => {
      const options = { timeoutMs: stopMsOf(fields), force: readFlag('force', fields['force']) }
      return node.stopApplication(requiredText(fields, 'name'), options)
    },
  },
  'application-unload': {
    fields: ['name'],
    about: 'name',
    run: (fields, { inspection: { node } }) => node.unloadApplication(requiredText(fields, 'name')),
  },
  'application-change': {
    fields: ['name', 'weight', 'tags'],
    about: 'name',
    run: (fields, { inspection: { node } }) => {
      const { name: _name, do: _do, ...change } = fields
      node.changeApplication(requiredText(fields, 'name'), change as ApplicationChangeOptions)
    },
  },
  drain: {
    fields: ['deadlineMs'],
    about: 'deadlineMs',
    run: (fields, { inspection: { node } }) => {
      // Not awaited: it ends with the node, and with whoever carries this out.
      void node.drain({ deadlineMs: drainMsOf(fields) })
    },
  },
  connect: {
    fields: ['node'],
    about: 'node',
    run: async (fields, { inspection: { node } }) => {
      await node.network.connect(requiredText(fields, 'node'))
    },
  },
  disconnect: {
    fields: ['node'],
    about: 'node',
    run: (fields, { inspection: { node } }) =>
      node.network.disconnect(requiredText(fields, 'node')),
  },
  env: {
    fields: ['key', 'value'],
    about: 'key',
    run: (fields, { inspection: { node } }) =>
      node.setEnv(requiredText(fields, 'key'), fields['value']),
  },
  'config-put': {
    fields: ['item', 'level', 'node', 'value'],
    about: 'item',
    run: (fields, { inspection: { node } }) => {
      const { value } = fields
      requireOption(value !== undefined, 'value', value, 'give a string, a number or a boolean')
      return node.cluster.changeConfig(configOf(fields))
    },
  },
  'config-delete': {
    fields: ['item', 'level', 'node'],
    about: 'item',
    run: (fields, { inspection: { node } }) => node.cluster.changeConfig(configOf(fields)),
  },
  'leader-step-down': {
    fields: ['clusterId'],
    about: 'clusterId',
    run: (fields, { context, inspection }) =>
      stepDown(requiredText(fields, 'clusterId'), context, inspection),
  },
  sampler: {
    fields: ['scope', 'of', 'sampler'],
    about: 'sampler',
    run: (fields, { inspection }) =>
      inspection.node.tracing.setSampler(samplerOf(fields), samplerScopeOf(fields, inspection)),
  },
  'cron-enable': {
    fields: ['name'],
    about: 'name',
    run: (fields, { inspection: { node } }) => node.cron.enable(requiredText(fields, 'name')),
  },
  'cron-disable': {
    fields: ['name'],
    about: 'name',
    run: (fields, { inspection: { node } }) => node.cron.disable(requiredText(fields, 'name')),
  },
} satisfies Record<OrderName, Order>)

/** What an order is about, for the audit: never a payload, which may hold secrets. */
export function subjectOf(order: Order, fields: Fields): string {
  const about = fields[order.about] ?? ''
  const told = typeof about === 'object' && about !== null ? targetText(about) : printed(about)
  const message = fields['message'] ?? fields['request']
  return typeof message === 'string' ? `${told} ${message}` : told
}

const targetText = (value: object): string =>
  Pid.is(value) ? formatTarget(value) : 'what is no process'
