/**
 * commands/observer-spec: what `troupe observer` takes, as data.
 */
import type { CommandSpec } from '#arguments/command-spec'

export const OBSERVER: CommandSpec = {
  name: 'observer',
  summary: 'a page for the browser that shows all nodes',
  about:
    'Starts a hidden node that looks at the node it enters by and at all that one knows, and ' +
    'serves the page until Ctrl-C. It changes nothing without --manage; what it may do then each ' +
    'node says by its option system: { manage: [NODE] }, and --as gives the name. Needs the ' +
    'package @troupe/observer.',
  words: [],
  options: [
    {
      ...{ name: 'port', value: 'PORT', kind: 'text' },
      ...{ about: 'where the page is; 0: any free port', otherwise: '9911' },
    },
    {
      ...{ name: 'host', value: 'HOST', kind: 'text', otherwise: '127.0.0.1' },
      about: 'the address to listen on; any other needs a token',
    },
    {
      ...{ name: 'token', value: 'TEXT', kind: 'text', otherwise: 'TROUPE_OBSERVER_TOKEN' },
      about: 'who looks has to know it; 16 characters or more',
    },
  ],
  examples: [
    { line: 'troupe observer', about: 'over the nodes of this host' },
    {
      line: 'troupe observer --connect tcp://10.0.0.7:11144 --cookie-file ./cookie',
      about: 'over those that a node on another host knows',
    },
    { line: 'troupe observer --manage --as operator', about: 'with orders, where nodes allow it' },
  ],
  load: async () => (await import('./observer.js')).run,
}
