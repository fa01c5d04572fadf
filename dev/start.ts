import { pino } from 'pino';
import { readConfig } from '../src/config.ts';
import { serve } from '../src/serve.ts';
import { stopOnSignals } from '../src/stopOnSignals.ts';
import { cognitoUserPool, type UserPool } from '../src/token/userPool.ts';
import { fillDemoData } from './demoData.ts';
import { demoMachineClient, demoUserClientId, demoUsers, localUserPoolId } from './demoUsers.ts';
import { startUserPool } from './userPool/startUserPool.ts';
