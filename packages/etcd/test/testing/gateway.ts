/**
 * etcd/test/testing/gateway: keys over the JSON gateway of etcd, so that the tests of the local
 * etcd need no client of ours.
 */
import { request } from 'node:http'

export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

export function ask(
  endpoint: string,
  path: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const url = new URL(path, `http://${endpoint}`)
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent: false, headers, timeout: 500 })
    sent.on('response', async (response) => {
      const parts = await response.toArray()
      resolve({
        status: response.statusCode ?? 0,
        body: JSON.parse(Buffer.concat(parts).toString()),
      })
    })
    sent.on('timeout', () => sent.destroy(new Error('no answer')))
    sent.on('error', reject)
    sent.end(JSON.stringify(body))
  })
}

export const put = (endpoint: string, key: string, value: string): Promise<Answer> =>
  ask(endpoint, '/v3/kv/put', { key: base64(key), value: base64(value) })

/** The value of one key; undefined: there is none. */
export async function get(endpoint: string, key: string): Promise<string | undefined> {
  const { body } = await ask(endpoint, '/v3/kv/range', { key: base64(key) })
  const [found] = (body['kvs'] ?? []) as readonly { readonly value: string }[]
  return found === undefined ? undefined : Buffer.from(found.value, 'base64').toString()
}
