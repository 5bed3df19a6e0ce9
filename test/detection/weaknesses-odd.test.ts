import { testEveryOther } from './each-weakness';

testEveryOther(0);
