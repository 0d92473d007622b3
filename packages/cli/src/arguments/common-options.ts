/**
 * arguments/common-options: the options that every command takes.
 */
import type { OptionSpec } from './command-spec.js'

/** How a node is found and asked. */
export const CONNECTION_OPTIONS: readonly OptionSpec[] = Object.freeze([
  {
    name: 'connect',
    value: 'NODE|ADDRESS',
    kind: 'node',
    about: 'the node to enter by: name@host, tcp://host:port, tls://…, or name@host=tcp://…',
    otherwise: 'TROUPE_CONNECT, or a node of this host',
  },
  {
    name: 'node',
    value: 'NODE',
    kind: 'node',
    about: 'the node to look at',
    otherwise: 'TROUPE_NODE, or the one it enters by',
  },
  {
    name: 'cookie-file',
    value: 'FILE',
    kind: 'text',
    about: 'the secret that the nodes share',
    otherwise: 'TROUPE_COOKIE_FILE, or ~/.troupe/cookie',
  },
  {
    name: 'ca',
    value: 'FILE',
    kind: 'text',
    about: 'the authorities whose nodes are believed over TLS, PEM',
    otherwise: 'TROUPE_CA, or those of Node.js',
  },
  {
    name: 'cert',
    value: 'FILE',
    kind: 'text',
    about: 'the certificate that we show where mutual TLS asks for one, PEM',
    otherwise: 'TROUPE_CERT',
  },
  {
    name: 'key',
    value: 'FILE',
    kind: 'text',
    about: 'the key of --cert, PEM',
    otherwise: 'TROUPE_KEY',
  },
  {
    name: 'registrar-port',
    value: 'PORT',
    kind: 'text',
    about: 'where the registrar of this host listens',
    otherwise: '4499',
  },
  {
    name: 'as',
    value: 'NAME',
    kind: 'text',
    about: 'our own name, for nodes that let only some manage them',
    otherwise: 'troupe-PROCESS',
  },
  {
    name: 'timeout',
    value: 'TIME',
    kind: 'text',
    about: 'the longest wait for an answer: 500ms, 5s, 2m',
    otherwise: '5s',
  },
  { name: 'manage', about: 'allow this command to change something' },
] satisfies OptionSpec[])

/** How the answer is shown. */
export const OUTPUT_OPTIONS: readonly OptionSpec[] = Object.freeze([
  { name: 'json', about: 'print JSON: one value, or one on each line where it follows' },
  { name: 'no-color', about: 'no colours; NO_COLOR does the same' },
  { name: 'help', short: 'h', about: 'print this text' },
] satisfies OptionSpec[])

/** Only before the name of a command, or without one. */
export const VERSION_OPTION: OptionSpec = Object.freeze({
  name: 'version',
  about: 'print the version',
})
