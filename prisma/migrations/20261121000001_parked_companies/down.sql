DROP TABLE "parked_companies";
