import { z } from 'zod'

/**
 * What a system promises beyond the contract of HelloSockets (docs/own-system.md). Scenarios expect what is promised, and nothing else: a
 * system that promises less is asked less, and is never violated for it.
 */
export const promisesShape = z
  .strictObject({
    /** Every channel, event and reply of HelloSockets is there, word for word, and not only those that most scenarios use. */
    wholeHelloSockets: z.boolean(),
    /** A WebSocket whose `Origin` is another site is refused. */
    checksOrigin: z.boolean(),
    /** A connection with a `vsn` that nobody speaks is refused. */
    refusesUnknownVersions: z.boolean(),
    /** Each refused connection leaves a line with its reason, and without its token, in the node's log. */
    logsRefusals: z.boolean(),
    /** The reasons in refused joins and pushes are those of HelloSockets; else only the status `error` is expected. */
    refusalReasons: z.boolean(),
    /** Tokens are signed JSON that holds the user's id, and nothing else about the user. */
    tokensHoldOnlyTheUser: z.boolean(),
    /** A client that reads nothing is cut off, instead of kept for without bound. */
    slowReaderIsCut: z.boolean(),
    /** At most this many `parallel_slow_ping` of one channel are in progress; more wait for them. */
    parallelRepliesMax: z.int().positive(),
    /** `/socket` also takes long polls. */
    longPolls: z.boolean(),
    /** Version 1 of the protocol is spoken too. */
    versionOne: z.boolean(),
    /** Pushes, replies and broadcasts (`base64` of the control port) may be bytes. */
    binary: z.boolean(),
    /** The close code of a connection whose user is disconnected by id. */
    disconnectCode: z.int().min(1_000).max(4_999),
    /** Of what a client once sent nothing is held any more, as `POST /memory` shows it, which collects all garbage. */
    idleClientsHoldNothing: z.boolean(),
    /** A broadcast is encoded once for all who listen, as the counters `encodes` and `pushes` of `/state` show. */
    encodesBroadcastsOnce: z.boolean(),
    /** The nodes talk to each other over the mesh of Squall, which knows its members by a secret. */
    mesh: z.boolean(),
    /** A connection over which nothing comes for this time is closed; clients send heartbeats. */
    idleTimeoutMs: z.int().positive(),
  })
  .partial()

export type SystemPromises = z.infer<typeof promisesShape>

/** Those of the system in this repository. */
export const ownPromises: SystemPromises = {
  wholeHelloSockets: true,
  checksOrigin: true,
  refusesUnknownVersions: true,
  logsRefusals: true,
  refusalReasons: true,
  tokensHoldOnlyTheUser: true,
  slowReaderIsCut: true,
  parallelRepliesMax: 100,
  longPolls: true,
  versionOne: true,
  binary: true,
  disconnectCode: 1001,
  idleClientsHoldNothing: true,
  encodesBroadcastsOnce: true,
  mesh: true,
  idleTimeoutMs: 60_000,
}
