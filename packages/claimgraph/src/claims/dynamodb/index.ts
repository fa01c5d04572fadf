/** Apart from the engine, so that only who keeps claims in DynamoDB needs `@aws-sdk/client-dynamodb`. */
export { createDynamoDbClaimsSource, type DynamoDbClaimsSourceOptions } from './dynamoDbClaimsSource.ts';
export type { ToKey } from './subjectKeys.ts';
