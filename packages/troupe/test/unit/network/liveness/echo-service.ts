/**
 * echo-service: a service for the thread beside the loop: says what it is told, and dies on demand.
 */
import type { SidePort } from '#contract'

export function startService(port: SidePort, data: { readonly greeting: string }) {
  if (data.greeting === '') throw new RangeError('nothing to say')
  port.post(data.greeting)
  port.received((message) => {
    if (message === 'die') process.exit(1)
    if (message === 'late') port.post(port.loopDelayMs() >= 0)
    else port.post(`${message}!`)
  })
  return () => port.post('bye')
}
