import pymongo

pymongo.MongoClient("mongodb://somewhere:27017")
