import type { Workspace } from '#lib/sync/contract.ts';
import { createContext } from 'svelte';
import type { Documents, SessionDocuments } from './documents.ts';

export type { Workspace };

/** Set by the root layout: all that this device holds and does. */
export const [getWorkspace, setWorkspace] = createContext<Workspace>();

/** Set by the root layout once the device is paired: the documents that every page reads. */
export const [getDocuments, setDocuments] = createContext<Documents>();

/** Set by the frame of a session: its documents, open for as long as the frame is. */
export const [getSessionDocuments, setSessionDocuments] = createContext<SessionDocuments>();
