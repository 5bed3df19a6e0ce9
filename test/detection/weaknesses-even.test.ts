import { testEveryOther } from './each-weakness';

testEveryOther(1);
