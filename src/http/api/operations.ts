import { checkOperations } from './check-operation.ts';
import { historyOperations } from './history-operations.ts';
import { hostOperations } from './host-operations.ts';
import { meOperations } from './me-operation.ts';
import type { Operation } from './operation.ts';
import { recordOperations } from './record-operations.ts';
import { tokenOperations } from './token-operations.ts';
import { updateOperations } from './update-operations.ts';
import { zoneOperations } from './zone-operations.ts';

/** Below which all of them are. */
export const basePath = '/api/v1';

/** The one table: the routes, the document and the readable page are made of it. */
export const operations: readonly Operation[] = [
  ...meOperations,
  ...zoneOperations,
  ...hostOperations,
  ...recordOperations,
  ...updateOperations,
  ...historyOperations,
  ...tokenOperations,
  ...checkOperations,
];
